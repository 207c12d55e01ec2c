"""What the buttons in Excel and WPS do, and the small window that does the same with a saved file."""
