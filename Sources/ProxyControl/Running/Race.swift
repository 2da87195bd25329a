/// Several things that are waited for at the same time.
package enum Race {
    /// Returns when the first of them has happened; the others are cancelled, and waited for.
    package static func first(_ bodies: (@Sendable () async -> Void)...) async {
        await withTaskGroup(of: Void.self) { group in
            for body in bodies { group.addTask { await body() } }
            await group.next()
            group.cancelAll()
        }
    }
}
