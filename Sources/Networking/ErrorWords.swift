import NIOCore
import NIOSSL

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Words for errors of the libraries below, whose own texts are names of cases, such as `zeroReturn`.
package enum ErrorWords {
    /// The error as a short clause for the log and the operator, such as "the connection broke".
    package static func words(of error: any Error) -> String {
        switch error {
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case let error as DialError: error.description
        case ChannelError.connectTimeout: "no connection in time"
        case ChannelError.eof, ChannelError.inputClosed, ChannelError.outputClosed, ChannelError.ioOnClosedChannel,
            ChannelError.alreadyClosed:
            "the connection is closed"
        case NIOSSLError.uncleanShutdown: "the connection broke"
        case NIOSSLError.failedToLoadCertificate: "a certificate cannot be read"
        case NIOSSLError.failedToLoadPrivateKey: "a private key cannot be read"
        case NIOSSLError.handshakeFailed(let cause): "the TLS handshake failed: \(words(of: cause))"
        case NIOSSLError.shutdownFailed(let cause): words(of: cause)
        case BoringSSLError.zeroReturn: "the other side ended TLS"
        case BoringSSLError.syscallError: "the connection broke"
        default: spaced("\(error)")
        }
    }

    /// The name of a case as words: `noSuchFile` becomes `no such file`. Any other text stays as it is.
    static func spaced(_ name: String) -> String {
        guard name.utf8.allSatisfy({ $0.isASCIILetterOrDigit }), name.first?.isLowercase == true else { return name }
        return name.reduce(into: "") { words, letter in
            if letter.isUppercase { words += " " }
            words += letter.lowercased()
        }
    }
}

extension UInt8 {
    fileprivate var isASCIILetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
