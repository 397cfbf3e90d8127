"""What the small pictures of the one decoding pass show: shots, black, freeze, quality."""
