import CCurl

/// A libcurl multi handle. One thread drives it. Other threads may call `wake()` only (libcurl's `curl_multi_wakeup`
/// is made for that), and never after `free()`.
struct CurlMulti: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer

    /// Nil if there is no memory. Check `libraryProblem` first.
    init?() {
        guard let pointer = ccurl_multi_init() else { return nil }
        self.pointer = pointer
    }

    /// The reason why libcurl cannot be used, in libcurl's words; nil if it can be used. The first call loads libcurl,
    /// which takes some milliseconds.
    static let libraryProblem: String? = ccurl_load().map { String(cString: $0) }

    /// Ends a `poll` that waits now, or otherwise the next one.
    func wake() { _ = ccurl_multi_wakeup(pointer) }

    func keepConnections(_ count: Int) { _ = ccurl_multi_set_long(pointer, CURLMOPT_MAXCONNECTS, count) }

    func add(_ easy: UnsafeMutableRawPointer) -> Bool { ccurl_multi_add(pointer, easy) == CURLM_OK }

    func remove(_ easy: UnsafeMutableRawPointer) { _ = ccurl_multi_remove(pointer, easy) }

    /// Advances every transfer as far as it goes without waiting.
    func perform() { _ = ccurl_multi_perform(pointer) }

    /// Waits for network traffic, a timeout of a transfer, or `wake()`.
    func poll(milliseconds: Int32) { _ = ccurl_multi_poll(pointer, milliseconds) }

    /// Returns a transfer that has ended since the last call; nil if there is none.
    func nextDone() -> (easy: UnsafeMutableRawPointer, code: CURLcode)? {
        var code = CURLE_OK
        guard let easy = ccurl_multi_next_done(pointer, &code) else { return nil }
        return (easy, code)
    }

    func free() { ccurl_multi_cleanup(pointer) }
}
