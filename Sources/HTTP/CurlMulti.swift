import CCurl

/// A libcurl multi handle. One thread drives it; only `wake()` may be called from others (libcurl's
/// `curl_multi_wakeup` is made for that), and never after `free()`.
struct CurlMulti: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer

    /// Nil when memory is short. `libraryProblem` must have been looked at before.
    init?() {
        guard let pointer = ccurl_multi_init() else { return nil }
        self.pointer = pointer
    }

    /// Why libcurl cannot be used, in its words; nil if it can. Loads it once per process, which takes some
    /// milliseconds.
    static let libraryProblem: String? = ccurl_load().map { String(cString: $0) }

    /// Ends a `poll` that waits, or the next one.
    func wake() { _ = ccurl_multi_wakeup(pointer) }

    func keepConnections(_ count: Int) { _ = ccurl_multi_set_long(pointer, CURLMOPT_MAXCONNECTS, count) }

    func add(_ easy: UnsafeMutableRawPointer) -> Bool { ccurl_multi_add(pointer, easy) == CURLM_OK }

    func remove(_ easy: UnsafeMutableRawPointer) { _ = ccurl_multi_remove(pointer, easy) }

    /// Moves every transfer on as far as it goes without waiting.
    func perform() { _ = ccurl_multi_perform(pointer) }

    /// Waits for network traffic, a timeout of a transfer, or `wake()`.
    func poll(milliseconds: Int32) { _ = ccurl_multi_poll(pointer, milliseconds) }

    /// A transfer that has ended since the last call.
    func nextDone() -> (easy: UnsafeMutableRawPointer, code: CURLcode)? {
        var code = CURLE_OK
        guard let easy = ccurl_multi_next_done(pointer, &code) else { return nil }
        return (easy, code)
    }

    func free() { ccurl_multi_cleanup(pointer) }
}
