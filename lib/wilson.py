"""The interval of a share that was counted."""

from math import sqrt

Z_95 = 1.959963984540054  # of the standard normal distribution, two-sided


def wilson(successes: float, trials: int) -> tuple[float, float]:
    """The 95 % score interval of a share, in [0, 1]; (0, 1) without trials.

    Trials may also succeed in part, each by a share: the interval is then not too narrow, because
    no values in [0, 1] of a mean spread more than zeros and ones.

    Wilson (1927), JASA 22: 209-212; chosen over the textbook interval for its coverage with few
    trials and extreme shares (Brown, Cai, DasGupta 2001, Statistical Science 16: 101-133).
    """
    if not trials:
        return 0.0, 1.0
    share, square = successes / trials, Z_95**2
    middle = (share + square / (2 * trials)) / (1 + square / trials)
    spread = sqrt(share * (1 - share) / trials + square / (4 * trials**2))
    half = Z_95 * spread / (1 + square / trials)
    return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))
