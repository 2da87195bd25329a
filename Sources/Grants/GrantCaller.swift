/// A caller who has a grant of his own.
struct GrantCaller: Sendable {
    /// What he is called by wherever he comes.
    let name: String
    /// What stands for the server as a whole.
    let parent: ServerGrant
}
