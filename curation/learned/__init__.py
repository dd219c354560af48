"""The learned voter: a linear model over words of the change, the findings and the comment."""
