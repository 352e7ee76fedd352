import Basics
import Foundation
import Glibc
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Testing

@testable import Networking

@Suite("Names of hosts", .timeLimit(.minutes(1)))
struct HostNameTests {
    private let loop = MultiThreadedEventLoopGroup.singleton.any()

    @Test("names in /etc/hosts have the addresses that the system gives them, and ask no name server")
    func hostsFile() async throws {
        let server = try await NameServer.start { _ in [.code(2)] }
        var settings = server.settings()
        settings.families = nil
        let resolver = HostResolver(settings)
        for name in try HostNameTests.namesInHostsFile() + ["localhost"] {
            // The order is that of RFC 6724, for which glibc has rules of its own.
            #expect(Set(try await addresses(name, resolver)) == HostNameTests.systemAddresses(name), "\(name)")
        }
        #expect(server.asked.withLockedValue { $0.isEmpty })
        await resolver.close()
        try await server.stop()
    }

    private static func namesInHostsFile() throws -> [String] {
        try String(contentsOfFile: "/etc/hosts", encoding: .utf8).split(separator: "\n").flatMap { line in
            line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace).dropFirst().map(String.init)
        }
    }

    private static func systemAddresses(_ name: String) -> Set<SocketAddress> {
        var hints = addrinfo()
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(name, "7", &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var found: Set<SocketAddress> = []
        var next = list
        while let entry = next?.pointee {
            next = entry.ai_next
            if let address = SocketAddress(family: entry.ai_family, entry.ai_addr) { found.insert(address) }
        }
        return found
    }

    @Test(
        "what is an address needs no look-up, in any form that the system knows",
        arguments: ["192.0.2.1", "2001:db8::1", "127.1", "::ffff:192.0.2.1", "fe80::1%1"])
    func literals(_ text: String) async throws {
        let resolver = HostResolver { _, _ in throw DialError.badSettings(reason: "not to be called") }
        #expect(try await addresses(text, resolver).count == 1)
    }

    @Test(
        "what can be no name of a host asks no name server",
        arguments: [
            "", ".", "a..b", ".a", "a b", "bücher.test", "a\u{0}.test", "a\\.b", "a%b",
            String(repeating: "a", count: 64) + ".test", String(repeating: "abcdefg.", count: 32),
        ])
    func noNames(_ text: String) async throws {
        let server = try await NameServer.start { [.records([.v4($0.name, 192, 0, 2, 1)])] }
        let resolver = HostResolver(server.settings(families: .v4))
        do {
            let found = try await addresses(text, resolver)
            Issue.record("\(found)")
        } catch {
            guard case .notResolvable(text, _)? = error as? DialError else { throw error }
        }
        #expect(server.asked.withLockedValue { $0.isEmpty })
        await resolver.close()
        try await server.stop()
    }

    private func addresses(_ name: String, _ resolver: HostResolver) async throws -> [SocketAddress] {
        try await resolver.lookUp(Endpoint(host: name, port: 7), for: .configuration, on: loop).addresses.get()
    }
}
