import Basics

extension JID {
    /// The URI of the address, such as `xmpp:%23quay@irc.example.org` (RFC 5122 §2.2). Errors name another address in
    /// this form (RFC 6120 §8.3.3.5, §8.3.3.14).
    package var uri: String {
        var uri = "xmpp:"
        if let local { uri += JID.percentEncoded(local, also: "!$()*+,;=") + "@" }
        uri += domain
        if let resource { uri += "/" + JID.percentEncoded(resource, also: "!$&'()*+,:;=") }
        return uri
    }

    private static func percentEncoded(_ text: String, also allowed: String) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            if isUnreserved(byte) || allowed.utf8.contains(byte) {
                result.append(byte)
            } else {
                result.append(UInt8(ascii: "%"))
                result.append(Hex.digit(byte >> 4, uppercase: true))
                result.append(Hex.digit(byte & 15, uppercase: true))
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        byte.isASCIILetter || byte.isASCIIDigit || "-._~".utf8.contains(byte)
    }
}
