import NIOCore
import Networking
import Testing

@Suite("Address policy")
struct AddressPolicyTests {
    @Test(
        "every address has its scope",
        arguments: [
            ("8.8.8.8", AddressPolicy.Scope.global), ("1.1.1.1", .global), ("172.15.255.255", .global),
            ("172.32.0.1", .global), ("100.128.0.1", .global), ("11.0.0.1", .global), ("223.255.255.255", .global),
            ("127.0.0.1", .loopback), ("127.255.255.254", .loopback), ("0.0.0.0", .loopback), ("0.1.2.3", .loopback),
            ("10.0.0.1", .local), ("172.16.0.1", .local), ("172.31.255.255", .local), ("192.168.1.1", .local),
            ("100.64.0.1", .local), ("100.127.255.255", .local),
            ("169.254.169.254", .linkLocal),
            ("192.0.0.8", .reserved), ("192.0.2.1", .reserved), ("198.18.0.1", .reserved),
            ("198.19.255.255", .reserved),
            ("224.0.0.1", .reserved), ("255.255.255.255", .reserved), ("240.0.0.1", .reserved),
            ("2a00:1450:4001::200e", .global), ("2001:200::1", .global), ("2606:4700::1111", .global),
            ("::1", .loopback), ("::", .loopback), ("::ffff:127.0.0.1", .loopback), ("::127.0.0.1", .loopback),
            ("192.88.99.1", .reserved), ("203.0.113.255", .reserved), ("203.0.114.0", .global),
            ("::ffff:8.8.8.8", .global), ("::ffff:10.1.2.3", .local), ("64:ff9b::10.1.2.3", .local),
            ("64:ff9b::8.8.8.8", .global), ("64:ff9b:1::1", .local), ("2002:7f00:1::1", .loopback),
            ("2002:808:808::1", .global), ("fc00::1", .local), ("fdff::1", .local), ("fec0::1", .local),
            ("fe80::1", .linkLocal), ("febf::1", .linkLocal), ("ff02::1", .reserved), ("2001:db8::1", .reserved),
            ("2001::1", .reserved), ("2001:1ff::1", .reserved), ("3fff::1", .reserved), ("100::1", .reserved),
            ("4000::1", .reserved), ("::ffff:0:0:1", .reserved),
        ])
    func scope(text: String, expected: AddressPolicy.Scope) throws {
        let address = try SocketAddress(ipAddress: text, port: 6667)
        #expect(AddressPolicy.scope(of: address) == expected)
        #expect(AddressPolicy.publicOnly.allows(address) == (expected == .global))
        #expect(AddressPolicy.anywhere.allows(address))
    }

    @Test("what is allowed is allowed by scope")
    func byScope() throws {
        let policy = AddressPolicy(allowing: [.global, .local])
        #expect(policy.allows(try SocketAddress(ipAddress: "10.1.2.3", port: 1)))
        #expect(!policy.allows(try SocketAddress(ipAddress: "127.0.0.1", port: 1)))
    }

    @Test("a Unix socket is never an address to dial")
    func unixSocket() throws {
        #expect(!AddressPolicy.anywhere.allows(try SocketAddress(unixDomainSocketPath: "/tmp/x")))
    }
}
