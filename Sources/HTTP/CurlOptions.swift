import CCurl

/// Sets options on an easy handle and remembers whether libcurl took all of them.
struct CurlOptions {
    private let easy: UnsafeMutableRawPointer
    private(set) var isAccepted = true

    init(_ easy: UnsafeMutableRawPointer) { self.easy = easy }

    mutating func set(_ option: CURLoption, _ value: Int) { note(ccurl_set_long(easy, option, value)) }
    mutating func set(_ option: CURLoption, _ value: String) { note(ccurl_set_string(easy, option, value)) }
    mutating func set(_ option: CURLoption, pointer: UnsafeMutableRawPointer) {
        note(ccurl_set_pointer(easy, option, pointer))
    }

    private mutating func note(_ code: CURLcode) {
        if code != CURLE_OK { isAccepted = false }
    }

    /// Sets the options that every request has.
    mutating func safeDefaults(_ limits: HTTPClientLimits) {
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_PROXY, "")
        set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        // HTTP/1.1 only: over HTTP/2 a server may ask the client to send a single request again, and a request must be
        // sent once.
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        set(CURLOPT_HTTP09_ALLOWED, 0)
        set(CURLOPT_PATH_AS_IS, 1)
        set(CURLOPT_NOSIGNAL, 1)
        // Without this option, a transfer that ends while its host name is looked up would hold up all others until
        // the resolver answers.
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_CONNECTTIMEOUT_MS, limits.connectTimeout.wholeMilliseconds)
        set(CURLOPT_TIMEOUT_MS, limits.totalTimeout.wholeMilliseconds)
        set(CURLOPT_MAXAGE_CONN, max(1, limits.connectionReuse.wholeMilliseconds / 1_000))
    }

    /// Sets method and body. libcurl copies the body.
    mutating func method(_ method: HTTPMethod, body: [UInt8]?) {
        switch method {
        case .get where body == nil: set(CURLOPT_HTTPGET, 1)
        case .head: set(CURLOPT_NOBODY, 1)
        case .delete where body == nil: set(CURLOPT_HTTPGET, 1)
        case .get, .delete, .post, .put, .patch:
            let bytes = body ?? []
            set(CURLOPT_POST, 1)
            note(ccurl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count)))
            bytes.withUnsafeBytes { buffer in
                withUnsafePointer(to: UInt8(0)) { empty in
                    note(ccurl_set_bytes(easy, CURLOPT_COPYPOSTFIELDS, buffer.baseAddress ?? UnsafeRawPointer(empty)))
                }
            }
        }
        if method != .head { set(CURLOPT_CUSTOMREQUEST, method.rawValue) }
    }

    /// Sets the headers. The returned list belongs to the caller and must outlive the transfer.
    mutating func headers(_ headers: [(String, String)]) -> UnsafeMutablePointer<curl_slist>? {
        // Without these lines libcurl adds a content type of its own to a body, and waits for "100 Continue" before it
        // sends a large one.
        var lines = ["Expect:"]
        if !headers.contains(where: { $0.0.lowercased() == "content-type" }) { lines.append("Content-Type:") }
        // "Name;" is libcurl's way to write a header without a value; "Name:" would remove it.
        lines += headers.map { $0.1.isEmpty ? "\($0.0);" : "\($0.0): \($0.1)" }
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines {
            guard let longer = ccurl_slist_append(list, line) else {
                isAccepted = false
                break
            }
            list = longer
        }
        note(ccurl_set_list(easy, CURLOPT_HTTPHEADER, list))
        return list
    }

    /// - Parameter context: an unretained `CurlTransfer` that outlives the transfer.
    mutating func callbacks(context: UnsafeMutableRawPointer) {
        set(CURLOPT_WRITEDATA, pointer: context)
        set(CURLOPT_HEADERDATA, pointer: context)
        set(CURLOPT_PREREQDATA, pointer: context)
        note(
            ccurl_set_data_callback(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
                CurlOptions.deliver(bytes, size * count, context) { $0.received(body: $1) }
            })
        note(
            ccurl_set_data_callback(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
                CurlOptions.deliver(bytes, size * count, context) { $0.received(headerLine: $1) }
            })
        note(
            ccurl_set_prereq_callback(easy) { context, _, _, _, _ in
                guard let context else { return CURL_PREREQFUNC_ABORT }
                let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
                return transfer.willSend() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
            })
    }

    /// Lets the transfer decide about the address of each connection.
    ///
    /// - Parameters:
    ///   - gate: memory for libcurl that outlives the transfer.
    ///   - context: an unretained `CurlTransfer` that outlives the transfer.
    mutating func addressGate(_ gate: UnsafeMutablePointer<ccurl_address_gate>, context: UnsafeMutableRawPointer) {
        gate.pointee.context = context
        gate.pointee.allows = { context, bytes, count in
            guard let context, let bytes else { return false }
            let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
            return transfer.mayConnect(to: UnsafeRawBufferPointer(start: bytes, count: count))
        }
        note(ccurl_set_address_gate(easy, gate))
    }

    /// Passes bytes to the transfer. If the transfer refuses them, returns a wrong count, which libcurl takes as an
    /// error.
    private static func deliver(
        _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int, _ context: UnsafeMutableRawPointer?,
        _ take: (CurlTransfer, UnsafeRawBufferPointer) -> Bool
    ) -> Int {
        guard let context else { return count + 1 }
        let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
        return take(transfer, UnsafeRawBufferPointer(start: bytes, count: count)) ? count : count + 1
    }
}

extension Duration {
    /// Whole milliseconds, at least 1, because libcurl takes 0 as "no limit".
    fileprivate var wholeMilliseconds: Int {
        max(1, Int(components.seconds) * 1_000 + Int(components.attoseconds / 1_000_000_000_000_000))
    }
}
