"""Who is there, what they may do, and what keeps others out."""
