import CCurl

/// A libcurl multi handle. One thread drives it; only `wake()` may be called from others (libcurl's
/// `curl_multi_wakeup` is made for that), and never after `free()`.
struct CurlMulti: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer

    /// Nil when memory is short.
    init?() {
        guard let pointer = curl_multi_init() else { return nil }
        self.pointer = pointer
    }

    static func setUpLibrary() -> Bool { ccurl_global_init() == CURLE_OK }

    /// Ends a `poll` that waits, or the next one.
    func wake() { curl_multi_wakeup(pointer) }

    func keepConnections(_ count: Int) { ccurl_multi_set_long(pointer, CURLMOPT_MAXCONNECTS, count) }

    func add(_ easy: UnsafeMutableRawPointer) -> Bool { curl_multi_add_handle(pointer, easy) == CURLM_OK }

    func remove(_ easy: UnsafeMutableRawPointer) { curl_multi_remove_handle(pointer, easy) }

    /// Moves every transfer on as far as it goes without waiting.
    func perform() {
        var running: Int32 = 0
        curl_multi_perform(pointer, &running)
    }

    /// Waits for network traffic, a timeout of a transfer, or `wake()`.
    func poll(milliseconds: Int32) { curl_multi_poll(pointer, nil, 0, milliseconds, nil) }

    /// A transfer that has ended since the last call.
    func nextDone() -> (easy: UnsafeMutableRawPointer, code: CURLcode)? {
        var code = CURLE_OK
        guard let easy = ccurl_multi_next_done(pointer, &code) else { return nil }
        return (easy, code)
    }

    func free() { curl_multi_cleanup(pointer) }
}
