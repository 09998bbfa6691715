/**
 * Pictures that staff upload for their campaigns. Owns the table pictures. Guarantees that what is served was
 * recognised as a picture, carries nothing but the picture, and stays under its address for good. Does not scale or
 * re-encode.
 */

export { MOST_OCTETS, tooLarge } from './read-picture.ts'
export { addPictureRoutes } from './routes.ts'
export {
  addPicture,
  getPicture,
  isOwnPicture,
  listPictureOctets,
  listPictures,
  type Picture,
  pictureMarkdown,
} from './service.ts'
