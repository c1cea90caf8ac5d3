"""The tests in two parts: most of them beside each other, then those that measure time, alone."""

#: Real-time tests mostly wait: more workers than processors.
WORKERS = 4

#: What was tried again is told (-rR): a test of real time that needs it often is not well.
PARTS = (
    ("-rR", "-n", str(WORKERS), "--dist", "loadscope", "-m", "not alone"),
    ("-rR", "-m", "alone"),
)

#: Products of small matrices: threads of the algebra library only wait for each other and for the workers.
ENVIRON = {"OPENBLAS_NUM_THREADS": "1"}
