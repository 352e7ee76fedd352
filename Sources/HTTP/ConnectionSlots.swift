import Basics

/// Decides which connections of a listener stay open. It limits their number in all and from one address, and keeps a
/// reserve that only known callers may use. It is a value without sockets and clock: the caller reports each change,
/// and the value names the connection to close.
///
/// A connection *waits* while no request header is complete on it. A waiting connection gives up its place to a newer
/// one of its own address, to a known caller, and to a caller whose address has fewer connections.
struct ConnectionSlots {
    typealias ID = UInt64

    struct Limits: Sendable, Equatable {
        var total: Int
        /// Connections of one IPv4 address or one /64 of IPv6.
        var perAddress: Int
        /// Connections out of `total` that only known callers may use.
        var reserved: Int
    }

    enum Admission: Equatable {
        case admitted
        /// Admitted; close the named connection.
        case inPlace(of: ID)
        case refused(ConnectionRefusal)
    }

    /// The caller that opens a connection, or sends a request over one.
    struct Caller {
        /// The `IPAddress.subnet` of the caller's address.
        var subnet: IPAddress
        /// Whether a call from this subnet has been verified before.
        var isKnown: Bool
        /// Whether the caller is itself a trusted proxy, for which no limit of one address applies.
        var isProxy = false
    }

    private struct Slot {
        /// The subnet that the connection counts for; nil for a proxy's connection between two requests.
        var holder: IPAddress?
        var isKnown: Bool
        let isProxy: Bool
        var isWaiting = true
        /// A number that rises with each change: the connection with the smallest has waited longest.
        var turn: UInt64
    }

    private let limits: Limits
    private var slots: [ID: Slot] = [:]
    private var held: [IPAddress: Int] = [:]
    private var unknown = 0
    private var lastTurn: UInt64 = 0

    init(_ limits: Limits) { self.limits = limits }

    var count: Int { slots.count }

    /// Admits or refuses a new connection. A trusted proxy's connection counts for no address while it waits, and for
    /// the address of the caller while it carries a request.
    mutating func open(_ id: ID, by caller: Caller) -> Admission {
        var victim: ID?
        if !caller.isProxy, held[caller.subnet, default: 0] >= limits.perAddress {
            victim = longestWaiting { $0.holder == caller.subnet }
            guard victim != nil else { return .refused(.address) }
        } else if !hasRoom(isKnown: caller.isKnown || caller.isProxy) {
            victim = longestWaiting(worseThan: caller)
            guard victim != nil else { return .refused(.full) }
        }
        if let victim { close(victim) }
        lastTurn += 1
        slots[id] = Slot(holder: nil, isKnown: true, isProxy: caller.isProxy, turn: lastTurn)
        if !caller.isProxy { count(id, for: caller) }
        return victim.map { .inPlace(of: $0) } ?? .admitted
    }

    /// Notes that the header of a request is complete. Returns nil if the request may go on, otherwise the reason of
    /// the refusal.
    mutating func requestBegan(on id: ID, for caller: Caller) -> ConnectionRefusal? {
        guard let slot = slots[id] else { return .evicted }
        slots[id]?.isWaiting = false
        guard slot.isProxy, slot.holder == nil else { return nil }
        guard caller.isProxy || held[caller.subnet, default: 0] < limits.perAddress else { return .address }
        guard caller.isKnown || unknown < limits.total - limits.reserved else { return .full }
        count(id, for: caller)
        return nil
    }

    /// Notes that the connection waits for its next request, or for its end.
    mutating func requestEnded(on id: ID) {
        guard let slot = slots[id], !slot.isWaiting else { return }
        if slot.isProxy { release(id) }
        lastTurn += 1
        slots[id]?.isWaiting = true
        slots[id]?.turn = lastTurn
    }

    /// Notes that the connection is closed. Does nothing for an unknown id.
    mutating func close(_ id: ID) {
        release(id)
        slots[id] = nil
    }

    /// Notes that a call from that subnet has been verified.
    mutating func verified(_ subnet: IPAddress) {
        for (id, slot) in slots where slot.holder == subnet && !slot.isKnown {
            slots[id]?.isKnown = true
            unknown -= 1
        }
    }

    private func hasRoom(isKnown: Bool) -> Bool {
        slots.count < limits.total && (isKnown || unknown < limits.total - limits.reserved)
    }

    private mutating func count(_ id: ID, for caller: Caller) {
        slots[id]?.holder = caller.subnet
        slots[id]?.isKnown = caller.isKnown
        held[caller.subnet, default: 0] += 1
        if !caller.isKnown { unknown += 1 }
    }

    private mutating func release(_ id: ID) {
        guard let slot = slots[id], let holder = slot.holder else { return }
        let rest = held[holder, default: 1] - 1
        held[holder] = rest > 0 ? rest : nil
        if !slot.isKnown { unknown -= 1 }
        slots[id]?.holder = nil
        slots[id]?.isKnown = true
    }
}

extension ConnectionSlots {
    private func longestWaiting(where isEligible: @escaping (Slot) -> Bool) -> ID? {
        slots.lazy.filter { $0.value.isWaiting && isEligible($0.value) }.min { $0.value.turn < $1.value.turn }?.key
    }

    /// The idle connection to close for a new caller; nil if there is none. In this order:
    /// 1. a connection of an unknown caller, if the new caller is known;
    /// 2. a connection whose address has more connections than the new caller's;
    /// 3. a proxy's connection between two requests, if only the total is used up.
    /// Among equals, the address with most connections goes first, then the connection that has waited longest.
    private func longestWaiting(worseThan caller: Caller) -> ID? {
        let isKnown = caller.isKnown || caller.isProxy
        let own = caller.isProxy ? 0 : held[caller.subnet, default: 0]
        let mayTakeProxys = isKnown || unknown < limits.total - limits.reserved
        let worse = slots.lazy.filter { [held] _, slot in
            guard slot.isWaiting else { return false }
            guard let holder = slot.holder else { return mayTakeProxys }
            return slot.isKnown == isKnown ? held[holder, default: 0] > own : isKnown
        }
        return worse.min { one, other in rank(one.value) < rank(other.value) }?.key
    }

    /// The rank of a connection: the lowest is closed first.
    private func rank(_ slot: Slot) -> (Int, Int, UInt64) {
        guard let holder = slot.holder else { return (2, 0, slot.turn) }
        return (slot.isKnown ? 1 : 0, -held[holder, default: 0], slot.turn)
    }
}
