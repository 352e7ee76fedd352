#pragma once

/// Lets the C library keep up to 2 MiB of free memory per arena instead of 128 KiB. Work comes in bursts on several
/// threads, and giving the memory of each burst back to the kernel took up to a quarter of the processor time of a
/// text message. Has no effect if the C library is not glibc. Call it before other threads start.
void callocator_keep_free_memory(void);
