"""What the simulated body does in an exercise: levels per muscle and timing of a rep.

Levels are fractions of the person's true maximum at the working phase. Glute and hamstring of the
bridges follow Hollman et al. 2018 (untrained women, uncued and cued), the glute of the
single-leg deadlift lies near the mean that reviews report; all other levels and all
timings are the project's own choice.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Levels:
    """Working level of each muscle of one leg, as a fraction of its true maximum."""

    glute: float
    quad: float
    hamstring: float

    def of(self, muscle: str) -> float:
        """Level of the muscle of that name."""
        return {"glute": self.glute, "quad": self.quad, "hamstring": self.hamstring}[muscle]


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise; ``other`` is the leg that does not work, ``None`` when both do the same.

    A rep rests ``rest_s``, rises ``rise_s``, holds ``hold_s`` and lowers ``lower_s`` seconds.
    """

    name: str
    working: Levels
    other: Levels | None
    rest_s: float
    rise_s: float
    hold_s: float
    lower_s: float

    def levels(self, side: str, working_side: str) -> Levels:
        """Levels of the leg ``side`` when ``working_side`` does a one-legged exercise."""
        return self.working if self.other is None or side == working_side else self.other

    def works(self, side: str, working_side: str) -> bool:
        """Whether the leg ``side`` does reps (rather than keeping the balance)."""
        return self.other is None or side == working_side


EXERCISES: dict[str, Exercise] = {
    exercise.name: exercise
    for exercise in (
        Exercise("bridge", Levels(0.17, 0.12, 0.165), None, 1.0, 1.0, 2.0, 1.0),
        Exercise("bridge-cued", Levels(0.33, 0.12, 0.298), None, 1.0, 1.0, 2.0, 1.0),
        Exercise("single-leg-bridge", Levels(0.47, 0.20, 0.40), Levels(0.10, 0.08, 0.08), 1.0, 1.0, 2.0, 1.2),
        Exercise(
            "single-leg-deadlift", Levels(0.59, 0.35, 0.45), Levels(0.15, 0.08, 0.10), 1.0, 1.5, 0.3, 1.5
        ),
        Exercise("squat", Levels(0.35, 0.80, 0.20), None, 1.0, 1.5, 0.3, 1.2),
    )
}


def exercise_named(name: str) -> Exercise:
    """The exercise of that name; raises ``ValueError`` with the list of known ones."""
    if name not in EXERCISES:
        raise ValueError(f"Unknown simulated exercise '{name}'; choose one of: {', '.join(EXERCISES)}.")
    return EXERCISES[name]
