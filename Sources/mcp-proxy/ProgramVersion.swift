/// The program's own version.
enum ProgramVersion {
    /// As `--version` prints it.
    static let text = "0.1.0"
}
