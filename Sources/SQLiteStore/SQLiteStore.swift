import GRDB
import GatewayKit
import Logging
import Registry
import Synchronization

/// A registry in one SQLite file.
///
/// Changes are committed in groups of at most `SQLiteStore.batchLimit` on the writer's thread and answered there. A
/// change that is refused does not disturb its neighbours in the group. When the file cannot be written, all changes of
/// the group fail; the next group simply tries again. Reads are answered by a small pool of readers, each of which sees
/// the file as it was when the read began (SQLite's write-ahead log), so that no read waits for a group of changes.
///
/// The character U+0000 cannot be stored; it becomes U+FFFD.
package final class SQLiteStore: Store {
    /// Changes in one transaction at most.
    static let batchLimit = 500
    /// Changes waiting at most; beyond, `submit` refuses at once.
    static let queueLimit = 50_000
    /// Reads waiting at most; beyond, `read` refuses at once.
    static let readLimit = 50_000

    /// The writer and the readers; nil once closed. Work is given to them under this lock, because closed connections
    /// must not be touched.
    private let connections: Mutex<DatabasePool?>
    let seal: Seal
    let path: String
    private let file: RegistryLock
    let logger: Logger
    private let unreadable: UnreadableAccounts
    private let routes = ConcernRoutes.all
    private let queue = Mutex(ChangeQueue(limit: queueLimit))
    private let reads = Mutex(ReadCount(limit: readLimit))
    private let outage = Mutex(Outage())
    private let lastProbe = Mutex<ContinuousClock.Instant?>(nil)
    private let now: @Sendable () -> ContinuousClock.Instant
    private let watch: StorageWatch

    /// Opens or creates the registry, brings its schema up to date, and reads or creates the key file.
    ///
    /// - Parameters:
    ///   - path: the SQLite file; its folder must exist. A new file is readable by its owner only. `PATH.lock` beside
    ///     it, and a lock on the file itself, keep a second process from using the same registry.
    ///   - keyFile: 32 bytes that seal secrets, by default `PATH.key`; created on the first start.
    ///   - busyTimeout: how long a change waits for another program that holds the file.
    ///   - watch: hears whether the file can be written.
    /// - Throws: `RegistryError.unavailable` with words for the operator.
    package init(
        path: String, keyFile: String? = nil, busyTimeout: Duration = .seconds(5),
        logger: Logger = Logger(label: "registry"),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }, watch: StorageWatch = StorageWatch()
    ) throws(RegistryError) {
        let keyFile = keyFile ?? path + ".key"
        self.path = path
        self.now = now
        self.logger = logger
        self.watch = watch
        unreadable = UnreadableAccounts(logger: logger)
        file = try RegistryLock(path: path)
        if file.wasEmpty, FileStatus(of: keyFile) != nil {
            throw .unavailable(
                "\(path) is empty, but its key file \(keyFile) is there, so it has been a registry: restore it from a "
                    + "backup, or move the key file away to begin a new one")
        }
        do {
            let database = try Schema.open(path: path, busyTimeout: busyTimeout, logger: logger)
            let seal = try Seal(keyFile: keyFile, isInUse: database.read { try Seal.isInUse($0) })
            try database.read { try seal.check($0) }
            self.seal = seal
            connections = Mutex(database)
        } catch {
            throw RegistryError(error, path: path)
        }
        if file.names > 1 {
            logger.warning(
                "the registry file has several hard links: always use the same path, because the journal is named after it",
                metadata: ["path": "\(path)"])
        }
        watchStorage()
    }

    /// Why a path cannot be a registry's for the user of this process, as the end of a sentence; nil if it can. Opens
    /// nothing.
    package static func flaw(ofFile path: String) -> String? { RegistryLock.flaw(path) }

    /// The same for a key file, which need not be there.
    package static func flaw(ofKeyFile path: String) -> String? { KeyFile.flaw(path) }

    package func submit(_ change: Change, _ reply: @escaping StoreReply<ChangeReply>) {
        let admission = queue.withLock { $0.append(PendingChange(change: change, reply: reply)) }
        switch admission {
        case .waiting: break
        case .wake: if !enqueue({ self.drain($0) }) { refuseAll() }
        case .full:
            reply(.failure(.unavailable("the registry has \(Self.queueLimit) changes waiting: \(path) is too slow")))
        case .closed: reply(.failure(.closed))
        }
    }

    package func flush() async {
        await withCheckedContinuation { continuation in
            let isOpen = enqueue { db in
                self.drain(db)
                continuation.resume()
            }
            if !isOpen { continuation.resume() }
        }
    }

    package func close() async {
        queue.withLock { $0.isClosed = true }
        await flush()
        await withCheckedContinuation { continuation in
            let isIdle = reads.withLock { $0.close { continuation.resume() } }
            if isIdle { continuation.resume() }
        }
        guard let database = connections.withLock({ $0.take() }) else { return }
        do {
            // Closes the readers. The writer has to be the last connection: then SQLite moves the write-ahead log, with
            // texts that have been emptied since, into the file and deletes it.
            database.releaseMemory()
            try database.close()
        } catch {
            logger.warning(
                "the registry could not be closed", metadata: ["reason": "\(RegistryError(error, path: path))"])
        }
        file.release()
    }

    /// Runs something on the writer's thread, after everything submitted before.
    func access<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(RegistryError) -> Value {
        let path = path
        let result: Result<Value, RegistryError> = await withCheckedContinuation { continuation in
            let isOpen = enqueue { db in
                // The thread that woke the writer may not have come to putting it on the queue yet.
                self.drain(db)
                let result = Result { try body(db) }
                continuation.resume(returning: result.mapError { RegistryError($0, path: path) })
            }
            if !isOpen { continuation.resume(returning: .failure(.closed)) }
        }
        return try result.get()
    }

    /// Makes a group of changes, to be committed on the writer's thread.
    func batch(_ changes: [Change]) -> Batch {
        Batch(changes: changes, path: path, routes: routes, seal: seal, unreadable: unreadable)
    }

    /// Gives work to the writer's thread. False if the registry is closed.
    private func enqueue(_ work: @escaping @Sendable (Database) -> Void) -> Bool {
        connections.withLock { connections in
            connections?.asyncWriteWithoutTransaction(work)
            return connections != nil
        }
    }

    /// For changes that were taken while the file was being closed.
    private func refuseAll() {
        while let batch = queue.withLock({ $0.take(Self.batchLimit) }) {
            for pending in batch { pending.reply(.failure(.closed)) }
        }
    }

    /// On the writer's thread.
    private func drain(_ db: Database) {
        while let pending = queue.withLock({ $0.take(Self.batchLimit) }) {
            let results = batch(pending.map(\.change)).commit(db)
            if results.outage == nil, isOut { tryWriting(db) } else { report(results.outage, changes: pending.count) }
            for (pending, result) in zip(pending, results.replies) { pending.reply(result) }
        }
    }

    /// One line when writing stops working, one when it works again, and not more often than `Outage` allows; the
    /// watch hears each time.
    private func report(_ reason: RegistryError?, changes: Int) {
        let (turn, before) = outage.withLock { outage in
            let before = outage.reason
            return (outage.update(reason, changes: changes, now: now()), before)
        }
        if before != reason { watch.onChange(reason) }
        switch turn {
        case .none: break
        case .began(let reason): logger.error("the registry cannot be written", metadata: ["reason": "\(reason)"])
        case .ended(let lost):
            logger.notice("the registry can be written again", metadata: ["refused-changes": "\(lost)"])
        }
    }
}

// MARK: - Reading

extension SQLiteStore {
    package func read<Query: StoreQuery>(_ query: Query, _ reply: @escaping StoreReply<Query.Answer>) {
        switch reads.withLock({ $0.begin() }) {
        case .admitted: break
        case .full:
            return reply(
                .failure(.unavailable("the registry has \(Self.readLimit) reads waiting: \(path) is too slow")))
        case .closed: return reply(.failure(.closed))
        }
        let isOpen = onReader { [self] result in
            reply(answer(query, result))
            reads.withLock { $0.end() }?()
        }
        // Nothing but `close` takes the connections away, and that waits for the reads.
        precondition(isOpen, "a read was admitted by a closed registry")
    }

    /// Gives work to the next free reader's thread. False if the registry is closed.
    private func onReader(_ work: @escaping @Sendable (Result<Database, any Error>) -> Void) -> Bool {
        connections.withLock { connections in
            connections?.asyncRead(work)
            return connections != nil
        }
    }

    /// On a reader's thread.
    private func answer<Query: StoreQuery>(
        _ query: Query, _ database: Result<Database, any Error>
    ) -> Result<Query.Answer, RegistryError> {
        do {
            let transaction = Transaction(db: try database.get(), seal: seal, unreadable: unreadable)
            return .success(try routes.answer(query, in: transaction))
        } catch {
            return .failure(RegistryError(error, path: path))
        }
    }
}

// MARK: - Watching the disk

extension SQLiteStore {
    /// The shortest time between two probes.
    private static let probePause = Duration.seconds(1)

    private var isOut: Bool { outage.withLock { $0.reason != nil } }

    /// Looks from time to time whether the file can be written: always while it could not, and otherwise when its disk
    /// is nearly full. So nobody's message is needed to find out.
    private func watchStorage() {
        guard isOut || watch.isProbeDue(path) else { return watchLater() }
        _ = enqueue { [weak self] db in
            self?.tryWriting(db)
            self?.watchLater()
        }
    }

    private func watchLater() {
        watch.later(StorageWatch.pause) { [weak self] in
            guard let self, connections.withLock({ $0 != nil }) else { return }
            watchStorage()
        }
    }

    /// Ends an outage only after a test write of 64 KiB succeeds: on a nearly full disk small changes can succeed while
    /// large ones fail. On the writer's thread.
    private func tryWriting(_ db: Database) {
        let time = now()
        let isDue = lastProbe.withLock { last in
            if let last, time - last < Self.probePause { return false }
            last = time
            return true
        }
        if isDue { report(WriteProbe.failure(db, path: path), changes: 0) }
    }
}
