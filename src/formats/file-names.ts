/** Names of recordings that our readers read. */
export const recordingName = /\.(wav|sph|nist)$/i;

/** Names of files of features, as HTK writes them. */
export const featureName = /\.(mfcc?|htk|fea|plp|fbank)$/i;

/** Names of movies that ffmpeg reads. */
export const movieName = /\.(mpe?g|m2v|vob|avi|mp4|m4v|mov|mkv|flv|webm|wmv|ts|mts|m2ts|dv)$/i;
