/** The formats of list files, which import jobs can read. */
export type ListFileFormat = "csv" | "json";
