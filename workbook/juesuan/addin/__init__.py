"""The ribbon of Excel and WPS: the add-in, the template with buttons, and how they are installed."""
