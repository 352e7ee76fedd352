// What the C library offers and Swift's own module of it leaves out.
#include <sys/epoll.h>
#include <sys/timerfd.h>
