#pragma once

/// Lets the C library keep up to 2 MiB of free memory per arena instead of 128 KiB. Work comes in bursts on several
/// threads, and giving the memory of each burst back to the kernel took up to a quarter of the processor time of a
/// text message. Has no effect if the C library is not glibc. Call it before other threads start.
void cmemory_keep_free_memory(void);

/// Takes the read-only pages of the program and its libraries out of the process's memory. They stay in the kernel's page
/// cache, and a page returns when it is next used. Call it after the start: most of the code that has run until then
/// never runs again. Breakpoints that a debugger has set before are lost. Call it from any thread.
void cmemory_unmap_read_only_pages(void);
