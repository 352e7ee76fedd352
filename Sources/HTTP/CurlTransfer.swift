import Basics
import CCurl

/// One request on its way, and the parts of its answer that libcurl's callbacks have collected.
final class CurlTransfer {
    let job: CurlJob
    private let limits: HTTPClientLimits
    private let errorText: UnsafeMutablePointer<CChar>
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private let gate: UnsafeMutablePointer<ccurl_address_gate>

    /// How often libcurl was about to write the request to a connection. Zero proves that nothing of it was sent.
    private var attempts = 0
    private var headers: [(String, String)] = []
    /// Whether the header has ended. libcurl does not tell: if a connection closes within the header, libcurl takes
    /// that as the end of an answer.
    private var isHeaderComplete = false
    private var headerBytes = 0
    private var body: [UInt8] = []
    /// The reason why one of our callbacks ended the transfer; nil if none did.
    private var excess: HTTPFailureReason?

    init(_ job: CurlJob, limits: HTTPClientLimits) {
        self.job = job
        self.limits = limits
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        gate = .allocate(capacity: 1)
        gate.initialize(to: ccurl_address_gate())
    }

    deinit {
        ccurl_slist_free_all(headerList)
        errorText.deallocate()
        gate.deallocate()
    }

    /// Sets every option of the transfer on a fresh or reset handle. False if libcurl refuses an option.
    func prepare(_ easy: UnsafeMutableRawPointer, userAgent: String) -> Bool {
        var options = CurlOptions(easy)
        options.safeDefaults(limits)
        options.set(CURLOPT_USERAGENT, userAgent)
        options.set(CURLOPT_URL, job.request.url)
        options.method(job.request.method, body: job.request.body)
        headerList = options.headers(job.request.headers)
        options.set(CURLOPT_ERRORBUFFER, pointer: errorText)
        options.callbacks(context: Unmanaged.passUnretained(self).toOpaque())
        if limits.allowsAddress != nil {
            options.addressGate(gate, context: Unmanaged.passUnretained(self).toOpaque())
        }
        return options.isAccepted
    }

    /// The result of a transfer that libcurl has ended.
    func result(_ code: CURLcode, _ easy: UnsafeMutableRawPointer) -> Result<HTTPResponse, HTTPFailure> {
        guard code == CURLE_OK else {
            let reason = excess ?? HTTPFailureReason(code, isSent: attempts > 0, words: String(cString: errorText))
            return .failure(failure(reason))
        }
        var status = 0
        ccurl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        guard status >= 200 else { return .failure(failure(.malformedAnswer)) }
        guard isHeaderComplete else { return .failure(failure(.connectionLost)) }
        return .success(HTTPResponse(status: status, headers: headers, body: body))
    }

    func failure(_ reason: HTTPFailureReason) -> HTTPFailure {
        attempts == 0 ? .notSent(reason) : .outcomeUnknown(reason)
    }
}

extension CurlTransfer {
    /// Called when libcurl is about to write the request. Allows that once: when a kept connection breaks, libcurl
    /// would write the request to a new one, although the server may have received it already.
    func willSend() -> Bool {
        attempts += 1
        return attempts == 1
    }

    /// Whether a connection may be opened to an address.
    func mayConnect(to bytes: UnsafeRawBufferPointer) -> Bool {
        guard let allows = limits.allowsAddress else { return true }
        if let address = IPAddress(bytes: Array(bytes)), allows(address) {
            // An earlier address of the host was refused. This one decides.
            if excess == .addressNotAllowed { excess = nil }
            return true
        }
        excess = .addressNotAllowed
        return false
    }

    /// Takes a piece of the body. False ends the transfer.
    func received(body bytes: UnsafeRawBufferPointer) -> Bool {
        guard body.count + bytes.count <= limits.responseBodyBytes else {
            excess = .answerTooLarge
            return false
        }
        body.append(contentsOf: bytes)
        return true
    }

    /// Takes one line of the header, the status line included. False ends the transfer.
    func received(headerLine bytes: UnsafeRawBufferPointer) -> Bool {
        headerBytes += bytes.count
        guard headerBytes <= limits.responseHeaderBytes else {
            excess = .malformedAnswer
            return false
        }
        isHeaderComplete = bytes.trimming(while: Self.isBlank).isEmpty
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), !bytes.starts(with: "HTTP/".utf8) else {
            // A status line begins the next answer: all headers before it belong to an interim answer (RFC 9110
            // §15.2).
            if !isHeaderComplete { headers.removeAll() }
            return true
        }
        let name = String(decoding: bytes[..<colon], as: UTF8.self)
        let value = String(decoding: bytes[(colon + 1)...].trimming(while: Self.isBlank), as: UTF8.self)
        headers.append((name, value))
        return true
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0d || byte == 0x0a }
}
