#pragma once

// The joints that bring the hand to `target`, from those given.
void joints_for(const float target[2], const float links[2], float joints[2]);
