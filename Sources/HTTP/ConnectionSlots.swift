import Basics

/// Which connections of a listener are kept: at most so many in all and from one address, and a reserve that only
/// known callers may use. A value without sockets and clock; it is told what happens and says whom to close.
///
/// A connection *waits* while no header of a request is complete. One that waits gives its place up: to a newer one of
/// its own address, to a known caller, and to a caller whose address has fewer connections.
struct ConnectionSlots {
    typealias ID = UInt64

    struct Limits: Sendable, Equatable {
        var total: Int
        /// For an IPv4 address or a /64 of IPv6.
        var perAddress: Int
        /// Those of `total` that only known callers may use.
        var reserved: Int
    }

    enum Admission: Equatable {
        case admitted
        /// Admitted; that one is to be closed.
        case inPlace(of: ID)
        case refused(ConnectionRefusal)
    }

    /// Who opens a connection, or sends a request over one.
    struct Caller {
        /// `IPAddress.subnet` of it.
        var subnet: IPAddress
        /// Has been verified before.
        var isKnown: Bool
        /// A trusted proxy itself: no limit for one address holds for it.
        var isProxy = false
    }

    private struct Slot {
        /// The subnet that it counts for; nil for a proxy's between requests.
        var holder: IPAddress?
        var isKnown: Bool
        let isProxy: Bool
        var isWaiting = true
        /// Rises with each change: the smallest has waited longest.
        var turn: UInt64
    }

    private let limits: Limits
    private var slots: [ID: Slot] = [:]
    private var held: [IPAddress: Int] = [:]
    private var unknown = 0
    private var lastTurn: UInt64 = 0

    init(_ limits: Limits) { self.limits = limits }

    var count: Int { slots.count }

    /// A new connection. One of a trusted proxy counts for no address, and for its caller while it has a request.
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

    /// The header of a request is complete. Nil if the request may go on, else why not.
    mutating func serve(_ id: ID, for caller: Caller) -> ConnectionRefusal? {
        guard let slot = slots[id] else { return .evicted }
        slots[id]?.isWaiting = false
        guard slot.isProxy, slot.holder == nil else { return nil }
        guard caller.isProxy || held[caller.subnet, default: 0] < limits.perAddress else { return .address }
        guard caller.isKnown || unknown < limits.total - limits.reserved else { return .full }
        count(id, for: caller)
        return nil
    }

    /// The connection waits for its next request, or for its end.
    mutating func rest(_ id: ID) {
        guard let slot = slots[id], !slot.isWaiting else { return }
        if slot.isProxy { release(id) }
        lastTurn += 1
        slots[id]?.isWaiting = true
        slots[id]?.turn = lastTurn
    }

    /// The connection is closed. Does nothing for an unknown id.
    mutating func close(_ id: ID) {
        release(id)
        slots[id] = nil
    }

    /// A caller of that subnet has been verified.
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

    /// The idle connection to close for a new caller; nil if there is none:
    /// 1. an unknown caller's, if the new caller is known;
    /// 2. one whose address has more connections than the new caller's;
    /// 3. a proxy's between requests, if only the total is used up.
    /// The address with most connections goes first, then the longest wait.
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

    /// The lowest is the first to go.
    private func rank(_ slot: Slot) -> (Int, Int, UInt64) {
        guard let holder = slot.holder else { return (2, 0, slot.turn) }
        return (slot.isKnown ? 1 : 0, -held[holder, default: 0], slot.turn)
    }
}
