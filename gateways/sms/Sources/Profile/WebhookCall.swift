/// A webhook call with everything that its verification needs.
struct WebhookCall: Sendable {
    /// The public address that was called, with its query exactly as sent. It is made from our configuration, because
    /// anybody can write a `Host` header.
    let url: String
    let received: Received
    let remoteAddress: String
    /// The time of the call in seconds since 1970.
    var now = 0.0
    /// Returns the certificate of an address; nil if it is not in memory.
    var certificate: @Sendable (String) -> [UInt8]? = { _ in nil }

    /// The address unchanged, and in its other form: without its port, or with the default port if it has none. Some
    /// providers leave out the port of the address that they sign, and some add it.
    var urls: [String] {
        for (scheme, port) in [("https://", ":443"), ("http://", ":80")] where url.hasPrefix(scheme) {
            let rest = url.dropFirst(scheme.count)
            let authority = rest.prefix { !"/?#".contains($0) }
            let tail = rest.dropFirst(authority.count)
            guard let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") else {
                return [url, scheme + authority + port + tail]
            }
            return [url, scheme + authority[..<colon] + tail]
        }
        return [url]
    }
}

/// What a verified call has proved.
struct Proof: Sendable {
    /// The claims of the token; nil if there is none.
    var claims: JSONValue?
    /// Names the call, if its signature is good for one use only.
    var use: Use?
    /// The address that must be called to confirm a subscription; nil if the call asks for no confirmation.
    var confirmation: String?
    /// The address of the certificate that has proven the call; nil if none was needed.
    var certificate: String?

    /// One use of a signature.
    struct Use: Sendable {
        /// A digest of what was signed.
        let digest: [UInt8]
        /// The time, in seconds since 1970, from which the signature is too old anyway.
        let end: Double
    }
}
