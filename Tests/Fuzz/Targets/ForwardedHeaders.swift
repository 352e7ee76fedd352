import Basics
import NIOHTTP1

@testable import HTTP

/// Input: the value of X-Forwarded-For or Forwarded as a caller wrote it. A trusted proxy then adds its own entry.
///
/// Rules: The caller's address is the one in the proxy's entry, or that of the proxy itself if the header cannot be
/// read. It is never an address that the caller wrote. The header of an untrusted peer is ignored.
extension FuzzTarget {
    static let forwardedHeader = FuzzTarget(name: "forwarded-header") { bytes in
        let written = FuzzInput(bytes: bytes).text
        guard let proxy = IPAddress("10.0.0.1"), let caller = IPAddress("192.0.2.7"),
            let range = AddressRange("10.0.0.0/8")
        else { return require(false, "the target's own addresses") }
        let proxies = TrustedProxies([range])
        for (name, word) in [("X-Forwarded-For", "192.0.2.7"), ("Forwarded", "for=192.0.2.7;proto=https")] {
            let added = HTTPHeaders([(name, written + ", " + word)])
            let found = proxies.caller(of: added, peer: proxy)
            require(found == caller || found == proxy, "\(name) of the caller's own counts: \(found)")
            let apart = HTTPHeaders([(name, written), (name, word)])
            require(proxies.caller(of: apart, peer: proxy) == caller, "\(name) in two lines")
            require(proxies.caller(of: added, peer: caller) == caller, "\(name) of a stranger counts")
            let alone = proxies.caller(of: HTTPHeaders([(name, written)]), peer: proxy)
            require(IPAddress(alone.description) == alone, "not an address: \(alone)")
        }
    }
}
