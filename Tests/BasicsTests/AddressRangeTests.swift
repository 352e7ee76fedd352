import Testing

@testable import Basics

@Suite("Ranges of IP addresses")
struct AddressRangeTests {
    @Test(
        "A range contains the addresses that it names",
        arguments: [
            ("127.0.0.1", "127.0.0.1", true), ("127.0.0.0/8", "127.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false),
            ("192.0.2.128/25", "192.0.2.127", false), ("192.0.2.128/25", "192.0.2.200", true),
            ("0.0.0.0/0", "1.2.3.4", true),
            ("2001:db8::/32", "2001:db8:1::5", true), ("2001:db8::/32", "2001:db9::5", false), ("::1", "::1", true),
            ("::1", "0:0:0:0:0:0:0:1", true), ("127.0.0.0/8", "::ffff:127.0.0.1", true), ("127.0.0.0/8", "::1", false),
            ("::/0", "1.2.3.4", false), ("10.0.0.0/8", "not an address", false), ("10.0.0.0/8", "", false),
        ])
    func ranges(range: String, address: String, holds: Bool) throws {
        #expect(try #require(AddressRange(range)).contains(address) == holds)
    }

    @Test(
        "A range from bytes equals the range from its text",
        arguments: [
            (AddressRange.v4([10], 8), "10.0.0.0/8"), (.v4([172, 16], 12), "172.16.0.0/12"), (.v4([], 0), "0.0.0.0/0"),
            (.v4([192, 0, 2, 1], 32), "192.0.2.1"), (.v4([1, 2, 3, 4, 5], 99), "1.2.3.4/32"),
            (.v6([0xFC], 7), "fc00::/7"), (.v6([0x20, 0x01, 0x0D, 0xB8], 32), "2001:db8::/32"), (.v6([], 128), "::"),
            (.v6([], -1), "::/0"),
        ])
    func tables(range: AddressRange, text: String) { #expect(range == AddressRange(text)) }

    @Test(
        "A text that is no address range gives nil",
        arguments: [
            "", "/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0", "10.0.0.256", "10.0.0.0/8/8", "::1/129", "1::2::3",
            "1:2:3:4:5:6:7:8:9", ":::", "g::", "1:2:3", "+1.2.3.4", "::12345",
        ])
    func badRanges(text: String) { #expect(AddressRange(text) == nil) }
}
