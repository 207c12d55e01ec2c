"""VBA projects from text, without Excel: source only, so that the host compiles the modules when it opens them."""
