import GRDB

/// A group of changes in one transaction.
struct Batch {
    let changes: [Change]
    let seal: Seal
    let path: String

    /// One reply for each change, in order; `outage` is set if nothing at all could be written.
    struct Outcome {
        var replies: [Result<ChangeReply, RegistryError>]
        var outage: RegistryError?
    }

    /// Commits the changes. Each has its own savepoint, so that one which is refused takes no other with it; an
    /// error of the file itself fails them all.
    func commit(_ db: Database) -> Outcome {
        var replies: [Result<ChangeReply, RegistryError>] = []
        replies.reserveCapacity(changes.count)
        let writer = ChangeWriter(db: db, seal: seal)
        do {
            try db.inTransaction(.immediate) {
                for change in changes { replies.append(try reply(to: change, db, writer)) }
                return .commit
            }
            return Outcome(replies: replies)
        } catch {
            let reason = RegistryError(error, path: path)
            return Outcome(replies: changes.map { _ in .failure(reason) }, outage: reason)
        }
    }

    /// Throws only what concerns the whole batch.
    private func reply(
        to change: Change, _ db: Database, _ writer: ChangeWriter
    ) throws -> Result<ChangeReply, RegistryError> {
        var reply = ChangeReply.done
        do {
            try db.inSavepoint {
                reply = try writer.apply(change)
                return .commit
            }
            return .success(reply)
        } catch let refusal as RegistryError {
            return .failure(refusal)
        } catch let error as DatabaseError where error.concernsOneChange {
            return .failure(RegistryError(error, path: path))
        }
    }
}

extension DatabaseError {
    /// Constraints and oversized values are the change's own fault; anything else is the file's.
    fileprivate var concernsOneChange: Bool {
        switch resultCode.primaryResultCode {
        case .SQLITE_CONSTRAINT, .SQLITE_TOOBIG, .SQLITE_MISMATCH: true
        default: false
        }
    }
}
