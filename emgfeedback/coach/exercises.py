"""The exercises that the app knows by name."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Exercise:
    """``ruler_percent`` is the fixed end of the muscle bars in %MVC: a ruler that moved would mislead.

    With ``one_leg`` the other leg only keeps the balance: its bursts are no reps of the set.
    """

    id: str
    title: str
    ruler_percent: float
    one_leg: bool = False


EXERCISES: dict[str, Exercise] = {
    exercise.id: exercise
    for exercise in (
        Exercise("bridge", "Hip bridge", 60.0),
        Exercise("bridge-cued", "Hip bridge, cued", 60.0),
        Exercise("single-leg-bridge", "Single-leg bridge", 100.0, one_leg=True),
        Exercise("single-leg-deadlift", "Single-leg deadlift", 100.0, one_leg=True),
        Exercise("squat", "Squat", 120.0),
    )
}


def exercise_named(name: str) -> Exercise:
    """The exercise of that id; raises ``ValueError`` with the list of known ones."""
    if name not in EXERCISES:
        raise ValueError(f"Unknown exercise '{name}'. Choose one of: {', '.join(EXERCISES)}.")
    return EXERCISES[name]
