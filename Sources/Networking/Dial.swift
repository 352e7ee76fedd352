import Basics
import NIOCore
import NIOPosix
import NIOSSL

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A connection that is being made. It lives on its loop until its promise is fulfilled.
final class Dial {
    private let endpoint: Endpoint
    private let policy: AddressPolicy
    private let requester: Requester
    private let route: DialRoute
    private let loop: any EventLoop
    private let configure: @Sendable (any Channel) throws -> Void
    private var promise: EventLoopPromise<any Channel>?
    private var phase = DialError.Phase.resolving
    private let usesReserve: Bool
    private var deadline: Scheduled<Void>?
    private var stagger: Scheduled<Void>?
    private var tls: TLSHandshake?
    private var lookUp: HostLookUp?
    /// The addresses that have not been tried yet, in order.
    private var addresses: ArraySlice<SocketAddress> = []
    /// The channels that are being connected, by the number of their attempt.
    private var candidates: [Int: any Channel] = [:]
    private var attempts = 0
    private var pending = 0
    private var winner: (any Channel)?
    private var firstFailure: DialError?

    init(
        _ endpoint: Endpoint, policy: AddressPolicy, onBehalfOf requester: Requester, usesReserve: Bool,
        via route: DialRoute, loop: any EventLoop,
        configure: @escaping @Sendable (any Channel) throws -> Void, promise: EventLoopPromise<any Channel>
    ) {
        self.endpoint = endpoint
        self.policy = policy
        self.requester = requester
        self.usesReserve = usesReserve
        self.route = route
        self.loop = loop
        self.configure = configure
        self.promise = promise
    }

    func start(tls: TLSMode, timeout: Duration, resolver: HostResolver, contexts: TLSContexts) {
        deadline = loop.assumeIsolated().scheduleTask(in: TimeAmount(timeout)) { [self] in timeRanOut() }
        guard case .tls(let settings) = tls else { return resolve(with: resolver) }
        contexts.context(for: settings, on: loop).assumeIsolated().whenComplete { [self] result in
            do {
                self.tls = try TLSHandshake(endpoint: endpoint, settings: settings, context: result.get())
                resolve(with: resolver)
            } catch {
                fail(error as? DialError ?? .badSettings(reason: ErrorWords.words(of: error)))
            }
        }
    }

    private func timeRanOut() {
        // If the free source is not routed to this machine, all answers to it are lost, and no error says so.
        if phase == .connecting, let source = route.freeSources.first {
            return fail(.sourceNotUsable(source, reason: "no answer from \(endpoint) arrived"))
        }
        // Without TLS, or while the proxy connects, no handshake has begun.
        let isHandshake = tls != nil && !(winner.map(isAtProxy) ?? false)
        fail(.timedOut(endpoint, during: phase == .handshake && !isHandshake ? .connecting : phase))
    }

    private func resolve(with resolver: HostResolver) {
        // The time may have run out while TLS was being set up.
        guard promise != nil else { return }
        if route.proxy != nil, let refusal = policy.refusal(ofProxied: endpoint) { return fail(refusal) }
        let lookUp = resolver.lookUp(peer, for: route.proxy == nil ? requester : .configuration, on: loop)
        self.lookUp = lookUp
        lookUp.addresses.assumeIsolated().whenComplete { [self] result in
            self.lookUp = nil
            guard promise != nil else { return }
            switch result {
            case .success(let found): connect(found)
            case .failure(let error):
                fail(
                    error as? DialError
                        ?? .lookUpFailed(host: endpoint.host, .serverFailed(reason: ErrorWords.words(of: error))))
            }
        }
    }

    /// The other end of the TCP connection: the proxy, or the endpoint itself.
    private var peer: Endpoint { route.proxy?.endpoint ?? endpoint }

    private func connect(_ found: [SocketAddress]) {
        // The operator has chosen the proxy, so it may have a private address.
        let policed = route.proxy == nil ? found.filter(policy.allows) : found
        guard !policed.isEmpty else {
            let address = found.first?.ipAddress ?? "no IP address"
            let scope = found.first.flatMap(AddressPolicy.scope) ?? .reserved
            return fail(.addressNotAllowed(endpoint, address: address, scope: scope))
        }
        let allowed = policed.filter(route.allows)
        guard !allowed.isEmpty else { return fail(.noAddressForSource(endpoint)) }
        if !usesReserve, !OpenFileReserve.isFree { return fail(.tooManyOpenFiles(endpoint)) }
        phase = .connecting
        addresses = Dial.interleaved(allowed)[...]
        tryNext()
    }

    /// The addresses with their families in turn, beginning with the family that the resolver prefers (RFC 8305 §4).
    static func interleaved(_ addresses: [SocketAddress]) -> [SocketAddress] {
        guard let first = addresses.first else { return [] }
        let same = addresses.filter { $0.protocol == first.protocol }
        let other = addresses.filter { $0.protocol != first.protocol }
        var result: [SocketAddress] = []
        for index in 0..<max(same.count, other.count) {
            if index < same.count { result.append(same[index]) }
            if index < other.count { result.append(other[index]) }
        }
        return result
    }
}

extension Dial {
    private func tryNext() {
        stagger?.cancel()
        guard promise != nil, winner == nil else { return }
        guard let address = addresses.popFirst() else {
            if pending == 0 { fail(firstFailure ?? .unreachable(endpoint, reason: "no address left")) }
            return
        }
        attempts += 1
        pending += 1
        let attempt = attempts
        let bound = NIOLoopBound(self, eventLoop: loop)
        route.bound(ClientBootstrap(group: loop), for: address)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.allowRemoteHalfClosure, value: route.handlersClose)
            // Our own deadline is shorter. This timeout only keeps a forgotten attempt from living for ever.
            .connectTimeout(.seconds(60))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try bound.value.prepare(channel, attempt: attempt) }
            }
            .connect(to: address).assumeIsolated().whenComplete { [self] in connected($0, attempt: attempt) }
        if !addresses.isEmpty, pending < requester.attemptsAtOnce {
            stagger = loop.assumeIsolated().scheduleTask(in: .milliseconds(250)) { [self] in tryNext() }
        }
    }

    private func prepare(_ channel: any Channel, attempt: Int) throws {
        guard promise != nil, winner == nil else { throw ChannelError.ioOnClosedChannel }
        candidates[attempt] = channel
        if let proxy = route.proxy {
            let gate = SOCKSGate(SOCKSHandshake(to: endpoint, login: proxy.login))
            try channel.pipeline.syncOperations.addHandler(gate)
        }
        if let tls {
            if let lane = route.handshakes?.value {
                try channel.pipeline.syncOperations.addHandler(HandshakeGate(lane))
            }
            try channel.pipeline.syncOperations.addHandler(tls.makeHandler())
        }
        let check = tls?.wrongName ?? { _ in nil }
        let gate = DialGate(waitsForHandshake: tls != nil, check: check) { [self] channel, result in
            opened(channel, attempt: attempt, result)
        }
        try channel.pipeline.syncOperations.addHandler(gate)
    }

    private func connected(_ result: Result<any Channel, any Error>, attempt: Int) {
        pending -= 1
        switch result {
        case .success(let channel):
            guard promise != nil, winner == nil else { return channel.close(promise: nil) }
            choose(channel, attempt: attempt)
        case .failure(let error):
            candidates[attempt] = nil
            if firstFailure == nil { firstFailure = explain(error) }
            tryNext()
        }
    }

    /// Takes the first channel that has connected, and gives up the others.
    private func choose(_ channel: any Channel, attempt: Int) {
        winner = channel
        phase = .handshake
        route.opened?(channel)
        stagger?.cancel()
        candidates[attempt] = nil
        for loser in candidates.values { loser.close(promise: nil) }
        candidates = [:]
    }

    private func opened(_ channel: any Channel, attempt: Int, _ result: Result<Void, DialGate.Failure>) {
        guard promise != nil else { return }
        switch result {
        case .success:
            if winner == nil { choose(channel, attempt: attempt) }
            if winner === channel { hand(over: channel) }
        case .failure(let failure):
            guard winner === channel else { return }
            guard let cause = failure.cause else {
                return fail(closedEarly(channel))
            }
            if let problem = cause as? SOCKSProblem { return fail(.proxyFailed(endpoint, proxy: peer, problem)) }
            fail(tls?.explain(failure, on: channel) ?? explain(cause))
        }
    }

    private func hand(over channel: any Channel) {
        let promise = self.promise
        finish()
        endHandshake(of: channel)
        do {
            try configure(channel)
            let gate = try channel.pipeline.syncOperations.context(handlerType: DialGate.self)
            gate.fireChannelActive()
            channel.pipeline.syncOperations.removeHandler(context: gate, promise: nil)
            promise?.succeed(channel)
        } catch {
            channel.close(promise: nil)
            promise?.fail(error)
        }
    }

    private func endHandshake(of channel: any Channel) {
        guard tls != nil, route.handshakes != nil,
            let context = try? channel.pipeline.syncOperations.context(handlerType: HandshakeGate.self)
        else { return }
        (context.handler as? HandshakeGate)?.finish(context)
    }

    private func fail(_ error: DialError) {
        guard let promise else { return }
        let open = candidates.values + (winner.map { [$0] } ?? [])
        finish()
        for channel in open { channel.close(promise: nil) }
        promise.fail(error)
    }

    private func finish() {
        promise = nil
        lookUp?.cancel()
        lookUp = nil
        deadline?.cancel()
        stagger?.cancel()
        candidates = [:]
        addresses = []
    }

    /// The error for a peer that closes the connection before it is ready, and gives no reason.
    private func closedEarly(_ channel: any Channel) -> DialError {
        if isAtProxy(channel) { return .proxyFailed(endpoint, proxy: peer, .closed) }
        return tls == nil ? .closed(endpoint) : .tlsFailed(endpoint, .closed)
    }

    /// Whether the proxy has not made the connection of a channel yet.
    private func isAtProxy(_ channel: any Channel) -> Bool {
        (try? channel.pipeline.syncOperations.handler(type: SOCKSGate.self)) != nil
    }

    private func explain(_ error: any Error) -> DialError {
        let problem = Dial.explain(error, peer)
        if route.proxy != nil { return .proxyFailed(endpoint, proxy: peer, .unreachable("\(problem)")) }
        guard let failure = error as? IOError, let source = route.sources.first else { return problem }
        switch failure.errnoCode {
        case EADDRNOTAVAIL, EINVAL, EPERM, EACCES:
            return .sourceNotUsable(source, reason: String(cString: strerror(failure.errnoCode)))
        case ENETUNREACH where !route.freeSources.isEmpty, EHOSTUNREACH where !route.freeSources.isEmpty:
            return .sourceNotUsable(source, reason: String(cString: strerror(failure.errnoCode)))
        default: return problem
        }
    }

    static func explain(_ error: any Error, _ endpoint: Endpoint) -> DialError {
        guard let failure = error as? IOError else {
            if case ChannelError.connectTimeout = error { return .timedOut(endpoint, during: .connecting) }
            return error as? DialError ?? .unreachable(endpoint, reason: ErrorWords.words(of: error))
        }
        switch failure.errnoCode {
        case ECONNREFUSED: return .refused(endpoint)
        case EMFILE, ENFILE: return .tooManyOpenFiles(endpoint)
        default: return .unreachable(endpoint, reason: String(cString: strerror(failure.errnoCode)))
        }
    }
}
