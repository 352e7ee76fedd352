import Basics
import NIOSSL

/// The names that a server's certificate is for (RFC 9525 §6), compared with the one name that a connection needs.
///
/// The library also accepts a certificate for the address of the socket, whatever name was asked for. With a certificate
/// for their own address, attackers who redirect the connection would be accepted under every name. So this type compares
/// the names again, once the library has accepted the certificate. The common name does not count (RFC 9525 §2).
enum CertificateNames {
    /// Whether a certificate that the library has accepted is for this DNS name or IP address.
    static func include(_ name: String, of certificate: NIOSSLCertificate) -> Bool {
        let address = IPAddress(name)
        for alternative in certificate._subjectAlternativeNames() {
            let bytes = alternative.contents.withUnsafeBufferPointer { Array($0) }
            switch alternative.nameType {
            case .dnsName where address == nil && matches(bytes, name): return true
            case .ipAddress where address != nil && IPAddress(bytes: bytes) == address: return true
            default: continue
            }
        }
        return false
    }

    /// Whether a certified DNS name stands for a host: both are equal, or the first label of the certified one is `*`
    /// and the other labels are equal (RFC 9525 §6.3).
    static func matches(_ certified: some Collection<UInt8>, _ name: String) -> Bool {
        let certified = labels(String(decoding: certified, as: UTF8.self))
        let wanted = labels(name)
        guard certified.count == wanted.count else { return false }
        if certified == wanted { return true }
        return certified.first == "*" && certified.count > 2 && certified.dropFirst() == wanted.dropFirst()
    }

    private static func labels(_ name: String) -> [Substring] {
        let name = name.lowercased()
        let relative = name.hasSuffix(".") ? name.dropLast() : name[...]
        return relative.split(separator: ".", omittingEmptySubsequences: false)
    }
}
