"""Who the simulated person is: how much of each muscle goes into the same exercise.

All numbers are the project's own choice, not measured on people. "Persona" is the simulator's
word; "wearer" is kept for the user.
"""

from dataclasses import dataclass

#: Reps after which a learner has closed half of the gap to the exercise's own numbers.
HALF_GAP_REPS = 10.0
#: By what part the quad's level has risen in one who is tired.
TIRED_QUAD_RISE = 0.5


@dataclass(frozen=True, slots=True)
class Persona:
    """Factors on the working level of an exercise (fractions of the person's true maximum).

    ``glute``, ``quad`` multiply that muscle; ``left_glute`` multiplies the left glute once more.
    ``effort`` is the part of the true maximum that a "maximal" squeeze reaches. A persona that
    ``learns`` moves from its factors towards 1, half the gap every ``HALF_GAP_REPS`` reps. One that
    ``tires`` loses high frequencies in all muscles and needs ever more of the quad, so its share falls.
    ``tension`` is the part of its working level that a muscle keeps between two reps; one that
    ``twitches`` does so about once a minute, whatever it does (see ``twitches``).
    """

    name: str
    glute: float = 1.0
    quad: float = 1.0
    left_glute: float = 1.0
    effort: float = 1.0
    learns: bool = False
    tires: bool = False
    tension: float = 0.0
    twitches: bool = False

    def factor(self, muscle: str, side: str, rep: int) -> float:
        """Factor on the working level of ``muscle`` on ``side`` in the rep numbered ``rep`` (from 0)."""
        own = {"glute": self.glute, "quad": self.quad}.get(muscle, 1.0)
        if self.learns:
            own = 1.0 + (own - 1.0) * 0.5 ** (rep / HALF_GAP_REPS)
        return own * (self.left_glute if (muscle, side) == ("glute", "left") else 1.0)

    def tired_factor(self, muscle: str, fatigue: float) -> float:
        """Further factor on the working level at ``fatigue`` from 0 (rested) to 1 (tired)."""
        return 1.0 + TIRED_QUAD_RISE * fatigue if self.tires and muscle == "quad" else 1.0


PERSONAS: dict[str, Persona] = {
    persona.name: persona
    for persona in (
        Persona("balanced"),
        Persona("quad-led", glute=0.5, quad=1.6),
        Persona("glute-led", glute=1.3, quad=0.7),
        Persona("left-weak", left_glute=0.6),
        Persona("learner", glute=0.5, quad=1.6, learns=True),
        Persona("sub-maximal", effort=0.6),
        Persona("fatiguing", tires=True),
        Persona("novice", tension=0.3, twitches=True),
    )
}


def persona_named(name: str) -> Persona:
    """The persona of that name; raises ``ValueError`` with the list of known ones."""
    if name not in PERSONAS:
        raise ValueError(f"Unknown simulated persona '{name}'; choose one of: {', '.join(PERSONAS)}.")
    return PERSONAS[name]
