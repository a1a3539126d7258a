"""What only one page shows: its stage, its recipe, its score. Functions of a moment; no training, no state."""
