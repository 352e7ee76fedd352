import GRDB
import GatewayKit
import Logging
import Synchronization

/// The durable state of all gateways in one SQLite file, and the only place with SQL.
///
/// Writes are values (`Change`). They are taken in the order in which they were submitted, committed in groups of
/// at most `Registry.batchLimit` on the registry's own thread, and answered there after the commit, in order. A
/// change that is refused leaves no trace and does not disturb its neighbours in the group. When the file cannot be
/// written, all changes of the group fail with `RegistryError.unavailable`; the next group simply tries again, so
/// nothing needs to be restarted once the disk has room again.
///
/// How an outbound entry moves (`Change.advance`):
///
/// | to | from |
/// |---|---|
/// | `handing` | `waiting`; counts an attempt |
/// | `waiting` | `handing`: known not to have been taken, to be tried again |
/// | `accepted` | `handing` |
/// | `unknown` | `handing` |
/// | `failed` | `waiting`, `handing`, `accepted`; `unknown` within `Retention.lateReport` |
/// | `delivered` | `waiting`, `handing`, `accepted`; `unknown` within `Retention.lateReport`; `failed` within `Retention.lateSuccess` |
///
/// Every other move, and every repeat, changes nothing. A delivery report may overtake the answer to the request it
/// speaks of, hence `delivered` from `waiting` and `handing`: handing over again would send twice.
///
/// The character U+0000 cannot be stored; it becomes U+FFFD.
package final class Registry: Sendable {
    /// Runs on the registry's thread; must not block.
    package typealias Reply = @Sendable (Result<ChangeReply, RegistryError>) -> Void

    /// Changes in one transaction at most.
    static let batchLimit = 500
    /// Changes waiting at most; beyond, `submit` refuses at once.
    static let queueLimit = 50_000

    /// One connection: its queue is the registry's thread, so a read sees every change submitted before it. Nil once
    /// closed. Work is put on that queue under this lock, because a closed connection must not be touched.
    private let connection: Mutex<DatabaseQueue?>
    let seal: Seal
    let path: String
    private let file: RegistryLock
    let logger: Logger
    private let queue = Mutex(ChangeQueue(limit: queueLimit))
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
    ///   - watch: who hears whether the file can be written.
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
        file = try RegistryLock(path: path)
        if file.wasEmpty, FileStatus(of: keyFile) != nil {
            throw .unavailable(
                "\(path) is empty, but its key file \(keyFile) is there, so it has been a registry: restore it from a "
                    + "backup, or move the key file away to begin a new one")
        }
        do {
            let database = try Schema.open(path: path, busyTimeout: busyTimeout)
            let seal = try Seal(keyFile: keyFile, isInUse: database.read { try Seal.isInUse($0) })
            try database.read { try seal.check($0) }
            self.seal = seal
            connection = Mutex(database)
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

    /// Takes a change; the reply comes once, after the commit that made it durable. Callable from any thread, never
    /// blocks. When the queue is full or the registry closed, `done` is called with `.unavailable` before this
    /// returns.
    package func submit(_ change: Change, _ done: @escaping Reply) {
        let admission = queue.withLock { $0.append(PendingChange(change: change, reply: done)) }
        switch admission {
        case .waiting: break
        case .wake: if !enqueue({ self.drain($0) }) { refuseAll() }
        case .full:
            done(.failure(.unavailable("the registry has \(Self.queueLimit) changes waiting: \(path) is too slow")))
        case .closed: done(.failure(.closed))
        }
    }

    /// Returns when every change submitted before has been answered.
    package func flush() async {
        await withCheckedContinuation { continuation in
            let isOpen = enqueue { db in
                self.drain(db)
                continuation.resume()
            }
            if !isOpen { continuation.resume() }
        }
    }

    /// Takes no more changes, answers those already taken, closes the file. Calling it again does nothing.
    package func close() async {
        queue.withLock { $0.isClosed = true }
        await flush()
        guard let database = connection.withLock({ $0.take() }) else { return }
        do {
            try database.close()
        } catch {
            logger.warning(
                "the registry could not be closed", metadata: ["reason": "\(RegistryError(error, path: path))"])
        }
        file.release()
    }

    /// Runs something on the registry's thread, after everything submitted before.
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

    /// False if the registry is closed.
    private func enqueue(_ work: @escaping @Sendable (Database) -> Void) -> Bool {
        connection.withLock { database in
            database?.asyncWriteWithoutTransaction(work)
            return database != nil
        }
    }

    /// For changes that were taken while the file was being closed.
    private func refuseAll() {
        while let batch = queue.withLock({ $0.take(Self.batchLimit) }) {
            for pending in batch { pending.reply(.failure(.closed)) }
        }
    }

    /// On the registry's thread.
    private func drain(_ db: Database) {
        while let batch = queue.withLock({ $0.take(Self.batchLimit) }) {
            let results = Batch(changes: batch.map(\.change), seal: seal, path: path).commit(db)
            if results.outage == nil, isOut { tryWriting(db) } else { report(results.outage, changes: batch.count) }
            for (pending, result) in zip(batch, results.replies) { pending.reply(result) }
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

extension Registry {
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
            guard let self, connection.withLock({ $0 != nil }) else { return }
            watchStorage()
        }
    }

    /// Ends an outage only after a test write of 64 KiB succeeds: on a nearly full disk small changes can succeed while
    /// large ones fail. On the registry's thread.
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
