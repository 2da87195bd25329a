/* libyaml as Debian and Homebrew have it: https://pyyaml.org/wiki/LibYAML */
#include <yaml.h>
