/** Where the local stack listens unless an option says otherwise, and what its clients sign with. */
export const LOCAL_PORT = 4566;
export const LOCAL_URL = `http://127.0.0.1:${LOCAL_PORT}`;
export const LOCAL_REGION = 'us-east-1';
/** The endpoint verifies no signature: any access key works. */
export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
