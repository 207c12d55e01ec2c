"""舍位平衡: published figures in 0.01 万元 from exact ones, and which relations then hold to the last digit."""
