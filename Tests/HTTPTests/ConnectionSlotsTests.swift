import Basics
import NIOCore
import Testing

@testable import HTTP

@Suite("Which connections are kept, without a connection")
struct ConnectionSlotsTests {
    private var slots = ConnectionSlots(ConnectionSlots.Limits(total: 10, perAddress: 4, reserved: 2))

    private static func caller(
        _ text: String, isKnown: Bool = false, isProxy: Bool = false
    ) throws -> ConnectionSlots.Caller {
        let subnet = try #require(IPAddress(text)).subnet
        return ConnectionSlots.Caller(subnet: subnet, isKnown: isKnown, isProxy: isProxy)
    }

    private mutating func open(
        _ id: UInt64, _ address: String, isKnown: Bool = false, isProxy: Bool = false
    ) throws -> ConnectionSlots.Admission {
        slots.open(id, by: try Self.caller(address, isKnown: isKnown, isProxy: isProxy))
    }

    private mutating func serve(_ id: UInt64, _ address: String, isKnown: Bool = false) throws -> ConnectionRefusal? {
        slots.requestBegan(on: id, for: try Self.caller(address, isKnown: isKnown))
    }

    /// Opens eight busy connections of two addresses, numbered from 1.
    private mutating func fill() throws {
        for id in 1...8 as ClosedRange<UInt64> {
            let address = id <= 4 ? "192.0.2.1" : "192.0.2.2"
            #expect(try open(id, address) == .admitted)
            #expect(try serve(id, address) == nil)
        }
    }

    @Test("Past the limit of an address its own longest waiting connection gives way, and if none waits the new one")
    mutating func perAddress() throws {
        for id in 1...4 as ClosedRange<UInt64> { #expect(try open(id, "192.0.2.1") == .admitted) }
        _ = try serve(1, "192.0.2.1")
        #expect(try open(5, "192.0.2.1") == .inPlace(of: 2))
        #expect(slots.count == 4)
        for id in [3, 4, 5] as [UInt64] { _ = try serve(id, "192.0.2.1") }
        #expect(try open(6, "192.0.2.1") == .refused(.address))
        slots.requestEnded(on: 3)
        slots.requestEnded(on: 1)
        #expect(try open(7, "192.0.2.1") == .inPlace(of: 3))
        slots.close(4)
        #expect(try open(8, "192.0.2.1") == .admitted)
    }

    @Test("IPv6 is counted by /64")
    mutating func version6() throws {
        for id in 1...4 as ClosedRange<UInt64> { _ = try open(id, "2001:db8::\(id)") }
        #expect(try open(5, "2001:db8::ffff") == .inPlace(of: 1))
        #expect(try open(6, "2001:db8:0:1::1") == .admitted)
    }

    @Test("The reserve is for known callers; when it is full too, even they are refused")
    mutating func reserve() throws {
        try fill()
        #expect(try open(9, "192.0.2.3") == .refused(.full))
        #expect(try open(10, "192.0.2.4", isKnown: true) == .admitted)
        #expect(try open(11, "192.0.2.4", isKnown: true) == .admitted)
        _ = try serve(10, "192.0.2.4", isKnown: true)
        _ = try serve(11, "192.0.2.4", isKnown: true)
        #expect(try open(12, "192.0.2.5", isKnown: true) == .refused(.full))
    }

    @Test("An unknown connection that waits gives way to a known caller and to an address with fewer, not to its equal")
    mutating func better() throws {
        for id in 1...8 as ClosedRange<UInt64> { _ = try open(id, id <= 3 ? "192.0.2.1" : "192.0.2.\(id)") }
        // Of the address with most connections, the one that has waited longest.
        #expect(try open(9, "192.0.2.9") == .inPlace(of: 1))
        #expect(try open(10, "192.0.2.9") == .inPlace(of: 2))
        #expect(slots.count == 8)
        #expect(try open(11, "192.0.2.10", isKnown: true) == .admitted)
        #expect(try open(12, "192.0.2.10", isKnown: true) == .admitted)
        guard case .inPlace = try open(13, "192.0.2.11", isKnown: true) else {
            Issue.record("refused")
            return
        }
    }

    @Test("An address that has as many as others does not push them out")
    mutating func equals() throws {
        for id in 1...8 as ClosedRange<UInt64> { _ = try open(id, "192.0.2.\(id)") }
        #expect(try open(9, "192.0.2.8") == .refused(.full))
    }

    @Test("Once verified, the connections of an address no longer count as unknown")
    mutating func verified() throws {
        try fill()
        slots.verified(try #require(IPAddress("192.0.2.1")))
        #expect(try open(9, "192.0.2.3") == .admitted)
        #expect(try open(10, "192.0.2.3") == .admitted)
        #expect(try open(11, "192.0.2.1", isKnown: true) == .refused(.address))
    }

    @Test("A proxy's connection counts for whoever's request it carries, and only then")
    mutating func proxy() throws {
        for id in 1...6 as ClosedRange<UInt64> { #expect(try open(id, "10.0.0.1", isProxy: true) == .admitted) }
        for id in 1...4 as ClosedRange<UInt64> { #expect(try serve(id, "192.0.2.1") == nil) }
        #expect(try serve(5, "192.0.2.1") == .address)
        #expect(try serve(6, "192.0.2.2") == nil)
        #expect(try open(7, "192.0.2.1") == .refused(.address))
        slots.requestEnded(on: 1)
        #expect(try open(7, "192.0.2.1") == .admitted)
    }

    @Test("No limit for one address holds for a proxy that names nobody")
    mutating func silentProxy() throws {
        for id in 1...6 as ClosedRange<UInt64> {
            #expect(try open(id, "10.0.0.1", isProxy: true) == .admitted)
            #expect(slots.requestBegan(on: id, for: try Self.caller("10.0.0.1", isProxy: true)) == nil)
        }
    }

    @Test("Unknown callers behind a proxy do not get into the reserve")
    mutating func proxyReserve() throws {
        try fill()
        #expect(try open(9, "10.0.0.1", isProxy: true) == .admitted)
        #expect(try serve(9, "192.0.2.3") == .full)
        slots.requestEnded(on: 9)
        #expect(try serve(9, "192.0.2.4", isKnown: true) == nil)
    }

    @Test("Connections that a proxy keeps without a request make room for anybody who may come in")
    mutating func idleProxy() throws {
        for id in 1...10 as ClosedRange<UInt64> { _ = try open(id, "10.0.0.1", isProxy: true) }
        #expect(try serve(1, "192.0.2.1") == nil)
        #expect(try open(11, "192.0.2.2", isKnown: true) == .inPlace(of: 2))
        #expect(try open(12, "192.0.2.3") == .inPlace(of: 3))
        #expect(try open(13, "10.0.0.1", isProxy: true) == .inPlace(of: 12))
        #expect(slots.count == 10)
    }

    @Test("A connection that was closed to make room serves no request any more")
    mutating func evicted() throws {
        for id in 1...5 as ClosedRange<UInt64> { _ = try open(id, "192.0.2.1") }
        #expect(try serve(1, "192.0.2.1") == .evicted)
    }

    @Test("However connections come and go, the counts come back to nothing")
    mutating func balance() throws {
        var open: [(UInt64, String)] = []
        for id in 1...500 as ClosedRange<UInt64> {
            let address = "192.0.2.\(id * 7 % 11)"
            switch try self.open(id, address, isKnown: id % 5 == 0, isProxy: id % 11 == 0) {
            case .refused: break
            case .inPlace(let other): open = open.filter { $0.0 != other } + [(id, address)]
            case .admitted: open.append((id, address))
            }
            if id % 3 == 0, let (first, address) = open.first { _ = try serve(first, address) }
            if id % 4 == 0, let (last, _) = open.last { slots.requestEnded(on: last) }
            if id % 6 == 0 { slots.close(open.removeFirst().0) }
            #expect(slots.count == open.count && slots.count <= 10)
        }
        for (id, _) in open { slots.close(id) }
        for id in 1_001...1_008 as ClosedRange<UInt64> {
            #expect(try self.open(id, "192.0.2.\(id % 2)") == .admitted)
        }
    }

    @Test("Known callers are forgotten after a time, and the oldest when there are too many")
    func memory() throws {
        func address(_ number: Int) throws -> IPAddress { try #require(IPAddress("192.0.2.\(number)")) }
        var memory = CallerMemory(capacity: 2, span: .seconds(10))
        let start = NIODeadline.uptimeNanoseconds(1)
        #expect(memory.remember(try address(1), now: start))
        #expect(!memory.remember(try address(1), now: start + .seconds(1)))
        #expect(memory.knows(try address(1), now: start + .seconds(10)))
        #expect(!memory.knows(try address(1), now: start + .seconds(11)))
        _ = memory.remember(try address(2), now: start + .seconds(2))
        _ = memory.remember(try address(3), now: start + .seconds(3))
        #expect(!memory.knows(try address(1), now: start + .seconds(3)))
        #expect(memory.knows(try address(3), now: start + .seconds(3)))
    }
}
