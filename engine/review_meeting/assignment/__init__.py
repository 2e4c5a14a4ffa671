"""分配主副审 (M12): a proposal for each group, edited, published, undone; by hand, for many, for all, by optimisation."""
