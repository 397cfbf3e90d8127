"""What the benchmark of hearing listens to, and how it counts."""
