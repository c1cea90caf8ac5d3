"""The simulated body: how strong each muscle's signal is at the pads, and the shape of its spectrum."""

#: µV RMS at the electrodes at true maximum (the project's own choice).
MVC_UV = {
    ("glute", "left"): 150.0,
    ("glute", "right"): 170.0,
    ("quad", "left"): 300.0,
    ("quad", "right"): 280.0,
    ("hamstring", "left"): 200.0,
    ("hamstring", "right"): 220.0,
}
#: Hz. f_l and f_h of each muscle's spectrum (the project's own choice within the published form).
SHAPE_HZ = {"glute": (40.0, 90.0), "quad": (60.0, 150.0), "hamstring": (60.0, 120.0)}
#: s. Time constant of the slow amplitude fluctuation (an Ornstein-Uhlenbeck process in dB).
FLUCTUATION_TAU_S = 0.25
#: Factor on f_l and f_h of a tired muscle, and after how many seconds of reps it is tired or rested again.
TIRED_SCALE = 0.7
TIRED_AFTER_S = 60.0
#: Part of the true maximum that a muscle reaches in a position; elsewhere all of it (the project's own
#: choice: which of the two positions of the glute is the better one differs between people).
POSITION_ALLOWS: dict[tuple[str, str | None], float] = {("glute", "standing"): 0.93}
