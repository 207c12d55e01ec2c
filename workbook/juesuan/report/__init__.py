"""What was found, as text, JSON or SARIF."""
