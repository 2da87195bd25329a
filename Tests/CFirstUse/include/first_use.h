#ifndef FIRST_USE_H
#define FIRST_USE_H

/// Forks `children` times; in each child two threads call `use` at the same moment, as the first ones ever if the caller
/// has not called it before. Returns how many children were ended by a signal or could not be started.
int first_uses_that_crash(int children, void (*use)(void));

#endif
