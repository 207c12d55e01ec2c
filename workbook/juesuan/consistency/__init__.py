"""Whether rules agree among each other: which contradict others, and which say only what others say."""
