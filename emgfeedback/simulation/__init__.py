"""The simulated person: EMG with known truth, played through the real wire protocol."""
